# The pump on duty trips in its start. The standby pump is commanded within 3 s, and nothing is told of it; when it stands still, that is
# told at once with the next manual step.
rows FW-06
site sample
without linkage standby-pump
without alarm pump-1/overload-trip
00:05 set pump-1/start-command=true pump-1/red-lamp=false pump-1/soft-starter-running=true
00:10 set pump-1/overload-trip=true pump-1/soft-starter-running=false
00:11 set pump-2/start-command=true pump-2/red-lamp=false pump-2/soft-starter-running=true
00:12 expect alarm pump-1/overload-trip:supervisory
00:14 expect event linkage-met "standby-pump"
00:14 expect event feedback-arrived
00:16 expect none pump-2/start.feedback:fault
00:30 set pump-1/overload-trip=false pump-1/start-command=false pump-1/red-lamp=true pump-2/start-command=false pump-2/soft-starter-running=false pump-2/red-lamp=true
00:50 set pump-1/start-command=true pump-1/red-lamp=false
00:55 set pump-1/overload-trip=true
01:00 expect alarm pump-2/start.feedback:fault sounding "start pump 2 by hand"
01:00 expect published alarm/ "2号消防泵"
01:00 expect wrote none
01:05 end
