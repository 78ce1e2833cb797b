"""The instructor's desk: what students are given, and how what they hand in is graded."""
