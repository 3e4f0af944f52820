"""Every way in which reports change, a file each for the Cabinet report and the checker."""
