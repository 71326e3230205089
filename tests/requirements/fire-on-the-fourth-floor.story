# A true fire from the first smoke to the reset: silence stops only the sound, the light stays, a person judges it, the
# reset ends it when the panel is quiet.
rows FA-01 FA-11 FL-01 FL-03
site small
without act
without latch fire
00:10 set panel-1/l2-d14.event=fire panel-1/l2-d14.active=true panel-1/l2-d14.inactive=false
00:13 expect alarm panel-1/l2-d14:fire active unacknowledged sounding first
00:13 expect event incident-opened
00:13 expect event raised "panel-1/l2-d14" "building:2" "floor:4" "zone:2-04"
00:13 expect published alarm/ "panel-1/l2-d14:fire"
00:20 silence li
00:20 expect alarm panel-1/l2-d14:fire silent unacknowledged active
00:25 ack li panel-1/l2-d14:fire
00:26 expect alarm panel-1/l2-d14:fire acked latched
00:40 judge li panel-1/l2-d14:fire real
00:40 expect event judged "real"
00:50 set panel-1/l2-d14.event=none panel-1/l2-d14.active=false panel-1/l2-d14.inactive=true
00:55 expect none panel-1/l2-d14:fire
01:00 end
