# A fire while faults stand and sound: it is heard with the fire tone, stands first, and neither the silence of the faults nor their end touches it.
rows FA-11 FA-12
site true-fire
without alarm panel-1/d2
without latch fire
00:05 set panel-1/d1.trouble=true
00:08 expect alarm panel-1/d1:fault active sounding
00:10 fault fan-1 silent
00:25 expect alarm fan-1/link:link-fault sounding
00:28 silence li
00:30 set panel-1/d2.alarm=true
00:32 expect alarm panel-1/d2:fire active unacknowledged sounding first
00:32 expect alarm panel-1/d1:fault silent
00:32 expect page /api/v1/state "tone:fire" "state:fire"
00:32 expect page /phone?window=alarms "Floor 3 corridor" lacks "Floor 2 corridor"
00:40 ack li panel-1/d1:fault fan-1/link:link-fault
00:45 set panel-1/d1.trouble=false panel-1/d2.alarm=false
00:46 fault fan-1 none
01:10 expect none panel-1/d1:fault
01:10 expect alarm panel-1/d2:fire unacknowledged latched quiet
01:15 end
