"""The client's logic: what it sends to the server in each of its three steps.

Three functions are yours to write, each between `*** start ***` and `*** end ***`.
Each one runs when its button in the client's window is pressed. The server's
answer is shown by the window; you need not wait for it.

Sending a message can take time, so the functions of the handle that send are async:
each is called with `await`, and sends nothing without it.
"""


async def register(client, username: str) -> None:
    """Ask the server to register this client under a username.

    1. If `username` is empty (the str ""), send nothing.
    2. If not, send a register message with it.

    Parameters:
        client: the handle through which you reach the server. Of help here:
            await client.register(username)  sends the message
        username: what stands in the username field, a str.
    """
    # *** start ***
    if username != "":
        await client.register(username)
    # *** end ***


async def login(client, username: str) -> None:
    """Ask the server to log this client in.

    1. If `username` is empty (the str ""), send nothing.
    2. If not, send a login message with it.

    Parameters:
        client: the handle through which you reach the server. Of help here:
            await client.login(username)  sends the message
        username: what stands in the username field, a str.
    """
    # *** start ***
    if username != "":
        await client.login(username)
    # *** end ***


async def request_registry(client) -> None:
    """Ask the server for the registry, the list of all clients.

    1. Send a request_registry message.

    Parameters:
        client: the handle through which you reach the server. Of help here:
            await client.request_registry()  sends the message
    """
    # *** start ***
    await client.request_registry()
    # *** end ***
