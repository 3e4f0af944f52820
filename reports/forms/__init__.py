"""The forms of the room of reports, a file each for the Cabinet report and the checker."""
