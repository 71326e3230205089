# A false alarm: cancelled, judged, quiet; it returns and isolating it is proposed; a person isolates it with an order; the row stays, nothing sounds;
# the isolation is told at its review and released, and what is active then is an alarm at once.
rows FA-03 FA-07
site small
without watch
without alarm panel-1/l2-d14
without act
00:05 set panel-1/l2-d14.event=fire panel-1/l2-d14.active=true panel-1/l2-d14.inactive=false
00:08 expect alarm panel-1/l2-d14:fire active unacknowledged sounding
00:09 cancel li panel-1
00:10 expect event panel-cancelled "panel-1"
00:11 ack li panel-1/l2-d14:fire
00:12 judge li panel-1/l2-d14:fire false steam
00:12 expect event judged "steam"
00:14 set panel-1/l2-d14.event=none panel-1/l2-d14.active=false panel-1/l2-d14.inactive=true
00:20 expect none panel-1/l2-d14:fire
01:00 set panel-1/l2-d14.event=fire panel-1/l2-d14.active=true panel-1/l2-d14.inactive=false
01:03 expect event isolation-proposed "1"
01:03 expect alarm panel-1/l2-d14:fire active sounding
01:05 isolate li panel-1/l2-d14 2 alarms falsely
01:06 expect alarm panel-1/l2-d14:fire isolated silent active
01:07 order li panel-1/l2-d14 R-17
01:07 expect event order-linked "R-17"
03:06 expect event review-overdue
03:06 expect alarm panel-1/l2-d14:self sounding "due for review"
03:10 release li panel-1/l2-d14
03:10 expect event released
03:11 expect alarm panel-1/l2-d14:fire active sounding
03:12 end
