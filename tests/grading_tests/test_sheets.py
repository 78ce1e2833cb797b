"""A platform's sheet is filled in, every other cell as it was; any other sheet is refused."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.grading.sheets import (
    Filled,
    Grade,
    Person,
    SheetError,
    fill,
    missing,
    read_table,
    recognised,
)
from tests.grading.students import Student

ADA = Student("Ada Lovelace", "12", ())
ALAN = Student("Alan Turing", "13", ())


def grades(platform: str, *who: tuple[Student, int | None]) -> list[Grade]:
    return [Grade(student.name, (Person(student, platform),), score) for student, score in who]


def filled(sheet: str, platform: str, *who: tuple[Student, int | None], column: str = "") -> Filled:
    return fill(sheet.encode(), grades(platform, *who), column)


MOODLE = {
    "en": (
        '\ufeffIdentifier,"Full name","Email address",Status,Grade,"Maximum Grade",'
        '"Grade can be changed","Last modified (submission)","Last modified (grade)",'
        '"Feedback comments"\r\n'
        '"Participant 12","Ada Lovelace",ada@x.edu,"Submitted for grading, late",¤,100.00,Yes,'
        '"Monday, 5 October 2026, 10:22 AM",-,"said ""good"""\r\n'
        '"Participant 13","Alan Turing",alan@x.edu,,,100.00,Yes,-,-,\r\n'
    ),
    "the shortest": (
        "Identifier,Full name,Grade,Last modified (grade)\n"
        "Participant 12,Ada Lovelace,¤,-\nParticipant 13,Alan Turing,,-\n"
    ),
    "de": (
        '\ufeffID,"Vollständiger Name",E-Mail-Adresse,Status,Bewertung,Bestwertung,'
        '"Bewertung kann geändert werden","Zuletzt geändert (Abgabe)",'
        '"Zuletzt geändert (Bewertung)","Feedback als Kommentar"\r\n'
        'Teilnehmer/in12,"Ada Lovelace",ada@x.edu,Abgegeben,¤,"100,00",Ja,-,-,"zwei\r\nZeilen"\r\n'
        'Teilnehmer/in13,"Alan Turing",alan@x.edu,,,"100,00",Ja,-,-,\r\n'
    ),
    "fr": (
        'Identifiant,"Nom complet",Statut,Note,"Note maximale","La note peut être modifiée",'
        '"Dernière modification (travail remis)","Dernière modification (note)"\n'
        '"Participant 12","Ada Lovelace",Remis,¤,"100,00",Oui,-,-\n'
        '"Participant 13","Alan Turing",,"","100,00",Oui,-,-\n'
    ),
    "es": (
        'Identificador,"Nombre completo",Estatus,Calificación,"Calificación máxima",'
        '"Última modificación (entrega)","Última modificación (calificación)"\n'
        "Participante 12,Ada Lovelace,Enviado,¤,100.00,-,-\n"
        "Participante 13,Alan Turing,,,100.00,-,-\n"
    ),
    "ja": (
        "ID番号,氏名,ステータス,評定,最大評点,最終更新日時 (提出),最終更新日時 (評定)\n"
        "参加者 12,Ada Lovelace,提出済み,¤,100.00,-,-\n参加者 13,Alan Turing,,,100.00,-,-\n"
    ),
    "one of which no word is known": (
        "A,B,C,D,E,F\nX 12,Ada Lovelace,y,¤,100.00,-\nX 13,Alan Turing,z,,100.00,-\n"
    ),
}
CANVAS = {
    "with the points": (
        "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Lab 1 (4711),Current Score,Final Grade\n"
        ",,,,,Manual Posting,,\n"
        "    Points Possible,,,,,100.0,(read only),(read only)\n"
        '"Lovelace, Ada",12,s12,ada,"A, B",¤,88,x\n"Turing, Alan",13,s13,alan,A,,,\n'
        '"Student, Test",99,,abc,A,,,\n'
    ),
    "with semicolons": (
        "Student;ID;SIS Login ID;Section;Lab 1 (4711);Lab 2 (4712)\n"
        "    Points Possible;;;;100,00;10,00\n"
        "Lovelace, Ada;12;ada;A;¤;9,5\nTuring, Alan;13;alan;A;;\n"
    ),
    "with two columns of names": (
        "LastName,FirstName,ID,SIS Login ID,Section,Lab 1 (4711)\r\n"
        "Lovelace,Ada,12,ada,A,¤\r\nTuring,Alan,13,alan,A,EX\r\n"
    ),
    "with headings in another language": (
        "Étudiant,Identifiant,Section,TP (4711)\n    Points possibles,,,100\n"
        '"Lovelace, Ada",12,A,¤\n"Turing, Alan",13,A,\n'
    ),
}
BRIGHTSPACE = {
    "en": (
        "OrgDefinedId,Username,Last Name,First Name,Email,"
        "Lab 1 Points Grade <Numeric MaxPoints:100 Weight:10 Category:A>,End-of-Line Indicator\r\n"
        "#12,#ada,Lovelace,Ada,ada@x.edu,¤,#\r\n#13,#alan,Turing,Alan,alan@x.edu,,#\r\n"
    ),
    "the shortest": (
        "Username,Last Name,First Name,Lab 1 Points Grade,End-of-Line Indicator\n"
        "ada,Lovelace,Ada,¤,#\nalan,Turing,Alan,,#\n"
    ),
    "fr": (
        "OrgDefinedId,Nom,Prénom,TP Note en points <Numérique PointsMax:100>,"
        "Indicateur de fin de ligne\n#12,Lovelace,Ada,¤,#\n#13,Turing,Alan,50,#\n"
    ),
}
BLACKBOARD = {
    "commas": (
        '\ufeff"Last Name","First Name","Username","Student ID","Last Access","Availability",'
        '"Weighted Total [Total Pts: up to 0 Score] |1","Lab 1 [Total Pts: 100 Score] |664617"\r\n'
        '"Lovelace","Ada","ada","12","2026-10-05","Yes","","¤"\r\n'
        '"Turing","Alan","alan","13","","Yes","",""\r\n'
    ),
    "zh": (
        '"姓","名","用户名","学号","加权总计 [总分：至多 100] |1","实验 [总分：100 分] |66"\n'
        '"Lovelace","Ada","ada","12","5","¤"\n"Turing","Alan","alan","13","","进行中"\n'
    ),
    "es": (
        '"Apellidos","Nombre","Nombre de usuario","Lab 1 [Puntos totales: 100 Punt.] |664617"\n'
        '"Lovelace","Ada","ada","¤"\n"Turing","Alan","alan","Needs Grading(5)"\n'
    ),
    "fr": (
        '"Nom"\t"Prénom"\t"Nom d\'utilisateur"\t"TP [Total des points : 100,0] |664617"\n'
        '"Lovelace"\t"Ada"\t"ada"\t"¤"\n"Turing"\t"Alan"\t"alan"\t""\n'
    ),
}
SHEETS = [
    (platform, language, sheet)
    for platform, sheets in (
        ("Moodle", MOODLE),
        ("Canvas", CANVAS),
        ("Brightspace", BRIGHTSPACE),
        ("Blackboard", BLACKBOARD),
    )
    for language, sheet in sheets.items()
]
USERNAMES = {"Blackboard": Student("ada", usernames=("ada",))}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(("platform", "language", "sheet"), SHEETS)
def test_one_cell_is_filled_in_and_every_other_byte_stays(
    platform: str, language: str, sheet: str, encoding: str
) -> None:
    if encoding == "utf-16":
        sheet = sheet.removeprefix("\ufeff")
    student = USERNAMES.get(platform, ADA)
    content = sheet.replace("¤", "").encode(encoding)
    result = fill(content, grades(platform, (student, 94)))
    assert result.content == sheet.replace("¤", "94").encode(encoding)
    assert (result.platform, result.grades, result.left) == (platform, 1, [])
    assert any("Turing" in row for row in result.without)


@pytest.mark.parametrize(
    "sheet",
    [
        "",
        "a single line",
        "Name,Grade\nAda,\n",
        "First name,Surname,ID number,Assignment: Lab 1 (Real),Last downloaded\nAda,L,12,-,1\n",
        "submission,total,flags\nada,94,\n",
        "PK\x03\x04\0\0",
        "Nom,Prénom;Note\n;;;\n",
    ],
)
def test_another_sheet_is_refused(sheet: str) -> None:
    with pytest.raises(SheetError):
        filled(sheet, "Moodle", (ADA, 94))


def test_a_greatest_grade_that_is_not_the_desks_is_refused() -> None:
    for sheet in (MOODLE["en"], CANVAS["with the points"], BLACKBOARD["es"], BRIGHTSPACE["en"]):
        other = sheet.replace("100.0", "10.0").replace(": 100", ": 10").replace(":100", ":10")
        with pytest.raises(SheetError, match="no column is out of 100 points"):
            filled(other.replace("¤", ""), "Moodle", (ADA, 94))


SEVERAL = (
    "Student,ID,Section,Lab 1 (1),Lab 2 (2),Quiz (3)\n    Points Possible,,,100,100,10\n"
    '"Lovelace, Ada",12,A,{},{},9\n"Turing, Alan",13,A,50,{},\n'
)


def test_of_several_columns_the_one_without_a_grade_is_meant() -> None:
    result = filled(SEVERAL.format("70", "", ""), "Canvas", (ADA, 94))
    assert result.column == "Lab 2 (2)"
    assert result.content.decode() == SEVERAL.format("70", "94", "")


def test_where_several_columns_may_be_meant_one_has_to_be_named() -> None:
    sheet = SEVERAL.format("70", "60", "")
    with pytest.raises(SheetError, match=r"--column: Lab 1 \(1\), Lab 2 \(2\)"):
        filled(sheet, "Canvas", (ADA, 94))
    assert filled(sheet, "Canvas", (ADA, 94), column="lab 1").column == "Lab 1 (1)"
    with pytest.raises(SheetError, match="no column of grades is headed 'Lab 3'"):
        filled(sheet, "Canvas", (ADA, 94), column="Lab 3")


def test_a_number_counts_only_for_its_own_platform() -> None:
    another = Student("Grace Hopper", "12")
    result = filled(CANVAS["with semicolons"].replace("¤", ""), "Moodle", (another, 94))
    assert result.grades == 0
    assert result.left == ["Grace Hopper: no row, or no single one, is this student's"]


NAMELESS = (
    "OrgDefinedId,Username,Lab 1 Points Grade <Numeric MaxPoints:100>,End-of-Line Indicator\n"
    "#12,#u1,{},#\n#13,#u2,,#\n#14,#u3,,#\n"
)


def test_brightspaces_number_counts_where_no_name_does_and_most_are_found() -> None:
    sheet = NAMELESS.format("")
    result = filled(sheet, "Brightspace", (ADA, 94), (Student("Gone", "99"), 1), (ALAN, None))
    assert result.content.decode() == NAMELESS.format("94")
    few = filled(sheet, "Brightspace", (ADA, 94), (Student("X", "98"), 1), (Student("Y", "99"), 1))
    assert few.grades == 0


def test_brightspaces_number_never_outweighs_a_name() -> None:
    sheet = BRIGHTSPACE["en"].replace("¤", "")
    result = filled(sheet, "Brightspace", (Student("Alan Turing", "12"), 94))
    assert "#13,#alan,Turing,Alan,alan@x.edu,94,#" in result.content.decode()


def test_a_name_that_two_have_is_nobodys() -> None:
    sheet = (
        BRIGHTSPACE["the shortest"].replace("¤", "").replace("alan,Turing,Alan", "x,Lovelace,Ada")
    )
    result = filled(sheet, "Brightspace", (Student("Ada Lovelace"), 94))
    assert (result.grades, len(result.without)) == (0, 2)


def test_two_submissions_never_share_a_row() -> None:
    sheet = MOODLE["the shortest"].replace("¤", "")
    twice = (Student("Ada Lovelace", "12"), 94), (Student("Ada", "12"), 50)
    result = filled(sheet, "Moodle", *twice)
    assert result.grades == 0
    assert result.left == [
        "Ada Lovelace: another submission has the same row",
        "Ada: another submission has the same row",
    ]


def test_a_username_is_no_surname() -> None:
    rows = '"Smith","Ada","ada"\n"Turing","Alan","alan"\n"Smithers","Joan","smith"\n'
    sheet = '"Last Name","First Name","Username","Lab [Total Pts: 100] |1"\n'
    sheet += rows.replace("\n", ',""\n')
    who = [Student(name, usernames=(name,)) for name in ("smith", "alan")]
    result = filled(sheet, "Blackboard", *((student, 94) for student in who))
    assert '"Smithers","Joan","smith","94"' in result.content.decode()
    assert '"Smith","Ada","ada",""' in result.content.decode()
    # Whoever has left the course has no row, and gets nobody else's.
    who = who[:1]
    gone = filled(sheet.replace('"smith"', '"js"'), "Blackboard", *((s, 94) for s in who))
    assert '"Smith","Ada","ada",""' in gone.content.decode()
    assert gone.left == ["smith: no row, or no single one, is this student's"]


def test_a_namesake_gets_nothing_of_one_who_has_left() -> None:
    sheet = BLACKBOARD["commas"].replace("¤", "")
    gone = Student("Ada Lovelace", usernames=("al99",))
    alan = Student("Alan Turing", usernames=("alan",))
    result = filled(sheet, "Blackboard", (gone, 1), (alan, 94))
    assert result.grades == 1
    assert result.left == ["Ada Lovelace: no row, or no single one, is this student's"]


def test_a_group_is_filled_in_for_each_of_its_students() -> None:
    grade = Grade("Ada & Alan", tuple(Person(s, "Moodle") for s in (ADA, ALAN)), 94)
    result = fill(MOODLE["the shortest"].replace("¤", "").encode(), [grade])
    assert (result.grades, result.without) == (2, [])


def test_what_was_not_graded_is_left_empty_and_told() -> None:
    result = filled(MOODLE["the shortest"].replace("¤", ""), "Moodle", (ADA, None))
    assert result.grades == 0
    assert result.left == ["Ada Lovelace: not graded, see its flags"]


def test_github_usernames_are_found_wherever_the_assignments_name_ends() -> None:
    sheet = "identifier,github_username,github_id,name\nx,1-ada,1,Ada\ny,alan-t,2,Alan\nz,gh,3,G\n"
    who = [
        Student("lab-1-ada", usernames=("ada", "1-ada")),
        Student("lab-1-alan-t", usernames=("alan-t", "1-alan-t")),
    ]
    absent, unknown = missing(sheet.encode(), [Person(s, "GitHub Classroom") for s in who])
    assert (absent, unknown) == (["z, gh, 3"], [])


@pytest.mark.parametrize(
    "roster",
    [
        "Name\nAda Lovelace\nGrace Hopper\n",
        "Ada Lovelace\nGrace Hopper\n",
        "Vorname;Nachname;Matrikel\nAda;Lovelace;1\nGrace;Hopper;2\n",
        '\ufeffname,email\n"Lovelace, Ada",a@x.edu\n"Hopper, Grace",g@x.edu\n',
    ],
)
def test_a_roster_says_who_is_missing(roster: str) -> None:
    people = [Person(ADA, "Moodle"), Person(ALAN, "Moodle")]
    absent, unknown = missing(roster.encode(), people)
    assert len(absent) == 1
    assert "Grace" in absent[0]
    assert unknown == ["Alan Turing"]


def test_a_platforms_sheet_is_a_roster_too() -> None:
    absent, unknown = missing(MOODLE["de"].encode(), [Person(ADA, "Moodle")])
    assert absent == ["Teilnehmer/in13, Alan Turing, alan@x.edu"]
    assert unknown == []


@given(st.lists(st.lists(st.text('ab,;"\n\r\t 1', max_size=6), max_size=4), max_size=6))
def test_rows_are_read_as_they_were_written(rows: list[list[str]]) -> None:
    text = io.StringIO()
    head = [["x,", "y,", "z,"]]  # so that the comma is what separates
    csv.writer(text).writerows(head + rows)
    table = read_table(text.getvalue().encode())
    expected = [row for row in head + rows if any(row)]
    assert [[cell.text for cell in row] for row in table.rows] == expected
    for row in table.rows:
        for cell in row:
            assert table.text[cell.start : cell.end].strip('"').replace(
                '""', '"'
            ) == cell.text.strip('"')


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_refused(content: bytes) -> None:
    try:
        table = read_table(content)
        assert table.mark + table.text.encode(table.encoding) == content
        recognised(table)
    except SheetError:
        pass
