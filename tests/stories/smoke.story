# A smoke detector of building 2 alarms, then a second one; the pump starts and is stopped; the panel is reset, and so is Tocsin.
scenario smoke
00:24 silence li
00:26 ack li panel-1/l2-d14:prealarm panel-1/l2-d14:fire
00:43 reset li building 2
00:44 silence li
00:46 ack li panel-1/l2-d15:fire
00:50 judge li panel-1/l2-d14:fire real
03:25 reset li building 2
04:00 end
