# A detector fails: announced within 100 s with the fault tone, silenced, acknowledged; it cannot be repaired at once and is isolated for two minutes;
# repaired, it is released.
rows FA-04 FA-07 FA-12
site small
without alarm panel-1/l2-d14
without act
00:05 set panel-1/l2-d14.trouble=true
00:10 expect alarm panel-1/l2-d14:fault active unacknowledged sounding
00:12 silence li
00:12 expect alarm panel-1/l2-d14:fault active unacknowledged silent
00:20 ack li panel-1/l2-d14:fault
00:20 expect alarm panel-1/l2-d14:fault acked active
00:30 isolate li panel-1/l2-d14 2 defective base
00:30 expect event isolated "defective base"
00:31 expect alarm panel-1/l2-d14:fault isolated
01:00 set panel-1/l2-d14.trouble=false
01:05 expect none panel-1/l2-d14:fault
01:10 release li panel-1/l2-d14
01:10 expect event released
01:11 end
