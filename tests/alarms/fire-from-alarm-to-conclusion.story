# FA-01, FA-11: silence stops the sound only; acknowledgement clears nothing; reset needs acknowledgement.
00:10 edge panel-1/d1:fire true
00:12 silence li
00:15 edge panel-1/d2:fire true
00:16 reset li building 2
00:20 ack li panel-1/d1:fire panel-1/d2:fire
00:21 ack wang panel-1/d1:fire
00:25 judge li panel-1/d1:fire real
# reset recorded while both are still active: nothing leaves the wall before its source has answered
00:30 reset li building 2
00:32 edge panel-1/d1:fire false
# d2 is still active when the window ends: it returns as a re-alarm
01:00 wait
01:05 ack li panel-1/d2:fire
01:06 edge panel-1/d2:fire false
