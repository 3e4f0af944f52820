"""What the dashboards show: gathered here from every room, drawn by reports/views."""
