# The soft starter runs and the bypass contactor does not close within the permitted start time: starter and motor are endangered.
# The phase that failed is named, with what a person does next.
rows FW-02
site small
without sequence fire-pump start
without alarm pump-1/start-not-completed
00:05 set pump-1/start-command=true pump-1/red-lamp=false
00:07 set pump-1/soft-starter-running=true pump-1/motor-current=240
00:30 expect none pump-1/start-not-completed:supervisory
00:45 expect alarm pump-1/start-not-completed:supervisory active unacknowledged sounding "standby pump"
00:45 expect event sequence-failed "bypass"
00:45 expect alarm pump-1/start.bypass:fault active "pump room"
00:46 expect published alarm/ "pump-1/start-not-completed:supervisory"
00:50 set pump-1/start-command=false pump-1/soft-starter-running=false pump-1/red-lamp=true pump-1/motor-current=0
01:00 expect alarm pump-1/start-not-completed:supervisory quiet latched
01:10 end
