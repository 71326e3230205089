# A day with everything a report speaks of: a fault, an isolation, a fire that is real, its linkages released one by one, one
# feedback that does not come, the reset, and what was written down.
rows SF-01
site sample
00:01 sign-in li
00:05 set panel-1/l4-d6.trouble=true
00:20 ack li panel-1/l4-d6:fault
00:30 isolate li panel-1/l4-d7 60 =HYPERLINK("http://evil.example","dust") works on the floor above
00:40 order li panel-1/l4-d7 WO-17
01:00 set panel-1/l4-d5.event=fire panel-1/l4-d5.active=true panel-1/l4-d5.inactive=false
01:08 silence li
01:10 ack li panel-1/l4-d5:fire
01:15 call li panel-1/l4-d5:fire 119 two engines on their way
01:30 judge li panel-1/l4-d5:fire real
01:35 do li tower-fire 0
01:35 do li tower-fire 1
01:35 do li tower-fire 2
01:36 do li tower-fire 3
01:36 do li tower-fire 4
01:37 do li tower-fire 5
01:40 set pump-1/start-command=true pump-1/red-lamp=false pump-1/soft-starter-running=true pump-1/motor-current=240
01:50 set pump-1/bypass-closed=true pump-1/green-lamp=true pump-1/soft-starter-running=false pump-1/motor-current=96 pump-1/outlet-pressure=0.86
02:00 do li tower-fire 6
02:01 do li tower-floor[12] 0
02:02 withdraw-action li tower-floor[12] 1
04:00 set panel-1/l4-d5.event=none panel-1/l4-d5.active=false panel-1/l4-d5.inactive=true
04:10 set panel-1/l4-d6.trouble=false
04:20 handled li panel-1/l4-d5:fire a kettle left on | put out with the extinguisher of the corridor | nobody hurt
04:30 reset li building 1
05:00 release li panel-1/l4-d7
05:10 note li panel-1/l4-d5:fire the tenant was told
05:20 isolate li panel-1/l4-d8 30 scaffolding
06:00 end
