# A panel's self-test with loop 1: what loop 1 says is a test; a fire of loop 2 alarms during it. Silence stops the sound only; when the test ends, what
# is still active on loop 1 is a fire.
rows FA-10 FA-11
site small
without alarm panel-1/l2-d14
without alarm panel-1/l1-d1
without act
00:02 test li self-test:panel-1:1 10 monthly
00:03 expect event test-begun "monthly"
00:05 set panel-1/l1-d1.event=fire panel-1/l1-d1.active=true panel-1/l1-d1.inactive=false
00:08 expect alarm panel-1/l1-d1:fire active silent
00:10 set panel-1/l2-d14.event=fire panel-1/l2-d14.active=true panel-1/l2-d14.inactive=false
00:13 expect alarm panel-1/l2-d14:fire active unacknowledged sounding first
00:15 silence li
00:15 expect alarm panel-1/l2-d14:fire active unacknowledged silent
00:20 test-end li
00:20 expect event test-ended
00:21 expect alarm panel-1/l1-d1:fire active unacknowledged sounding
00:22 end
