# The soft start of FW-01: the command puts the red lamp out, the soft starter ramps, the bypass contactor closes, the green lamp
# is lit, the pressure rises. The stop is a soft stop of about 20 s; nothing of it is a fault. Both ways the red lamp may go are right.
rows FW-01 FW-08
site small
without sequence fire-pump start
without alarm pump-1/stop-not-completed
without alarm pump-1/contactor-mismatch
00:05 set pump-1/start-command=true
00:07 set pump-1/soft-starter-running=true
00:07 expect event sequence-begun "pump-1"
00:12 expect none pump-1/red-lamp:fault
00:15 set pump-1/red-lamp=false
00:15 expect none pump-1/start-not-completed:supervisory
00:18 set pump-1/bypass-closed=true pump-1/soft-starter-running=false pump-1/green-lamp=true pump-1/motor-current=96
00:18 ramp pump-1/outlet-pressure to 0.86 over 5s
00:22 expect alarm pump-1/bypass-closed:feedback active
00:30 expect event sequence-done
00:30 expect none pump-1/green-lamp:fault
00:30 expect none pump-1/no-pressure:fault
00:40 set pump-1/start-command=false pump-1/bypass-closed=false pump-1/green-lamp=false pump-1/soft-starter-running=true
00:40 ramp pump-1/motor-current to 0 over 20s
01:00 set pump-1/soft-starter-running=false pump-1/red-lamp=true pump-1/motor-current=0
01:15 expect none pump-1/stop-not-completed:fault
01:15 expect none pump-1/red-lamp:fault
01:15 expect none pump-1/contactor-mismatch:fault
01:20 set pump-1/soft-starter-running=true
01:20 expect none pump-1/stop-not-completed:fault
02:00 expect alarm pump-1/stop-not-completed:fault active
02:05 set pump-1/soft-starter-running=false pump-1/bypass-closed=true pump-1/green-lamp=true pump-1/red-lamp=false
02:15 expect alarm pump-1/contactor-mismatch:fault active "bypass contactor"
02:20 end
