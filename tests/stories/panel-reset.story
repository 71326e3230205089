# A fire is handled at the panel only; its operator acknowledges here, the panel is reset, and the detector alarms again.
scenario panel-reset
00:12 silence li
00:30 ack li panel-1/l2-d14:fire
01:20 ack li panel-1/l2-d14:fire
01:25 judge li panel-1/l2-d14:fire false cooking fumes
01:30 end
