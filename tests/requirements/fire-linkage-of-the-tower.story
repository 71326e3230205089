# A confirmed fire on floor 12 of the tower: each action of the fire linkage is proposed, a person releases it, the field does it,
# and its feedback comes. Non-fire power is cut, emergency power is in, the generator runs, every lift stands on floor 1 and the
# fire lift too, the pump that the panel starts gives pressure, smoke exhaust and supply air run, the floor is told to leave.
rows FL-02
site sample
without linkage tower-fire
without linkage tower-pump
without linkage tower-floor
without status contacts-1/start-manual-allowed
without act
00:05 set panel-1/l4-d5.event=fire panel-1/l4-d5.active=true panel-1/l4-d5.inactive=false
00:10 ack li panel-1/l4-d5:fire
00:25 expect events linkage-met = 0
00:30 judge li panel-1/l4-d5:fire real
00:30 expect event linkage-met "tower-fire"
00:30 expect event linkage-met "tower-pump"
00:30 expect event linkage-met "tower-floor[12]"
00:34 expect wrote none
00:35 do li tower-fire 0
00:35 do li tower-fire 1
00:35 do li tower-fire 2
00:36 do li tower-fire 3
00:36 do li tower-fire 4
00:36 do li tower-fire 5
00:37 do li tower-fire 6
00:37 do li tower-fire 7
00:38 do li tower-floor[12] 0
00:38 do li tower-floor[12] 1
00:38 do li tower-floor[12] 2
00:40 set pump-1/start-command=true pump-1/red-lamp=false pump-1/soft-starter-running=true pump-1/motor-current=240
00:50 expect alarm cut-1/circuit-1:feedback active
00:50 expect alarm cut-1/circuit-6:feedback active
00:50 expect alarm ats-1/on-backup:feedback active
00:50 set pump-1/bypass-closed=true pump-1/green-lamp=true pump-1/soft-starter-running=false pump-1/motor-current=96 pump-1/outlet-pressure=0.86
00:55 expect alarm pump-1/bypass-closed:feedback active
00:55 expect alarm gen-1/engine-state:feedback active
00:55 expect alarm supply-1/running:feedback active
00:55 expect alarm smoke-1/running:feedback active
00:55 expect alarm vents-2/vent-2:feedback active
00:55 expect alarm broadcast-2/floor-6:feedback active
00:55 expect alarm exit-1/emergency-mode:feedback active
01:00 expect alarm lift-1/recalled:feedback active
01:00 expect alarm lift-2/recalled:feedback active
01:00 expect alarm lift-3/recalled:feedback active
01:00 expect wrote lift-3 coil 0 = 1
01:00 expect none broadcast-2/floor-5:feedback
01:00 expect events feedback-arrived = 17
01:00 expect events feedback-missing = 0
01:00 expect wrote lift-4 none
01:00 end
