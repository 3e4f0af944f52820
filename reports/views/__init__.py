"""Pages of the room of reports: the dashboards, the Cabinet reports and the checker, a file each."""
