# A person starts the smoke fan, the supply fan and a vent, and closes a damper: each proves by its feedback that it did.
# A command whose feedback does not come is a fault that names what to do.
rows SM-01
site smoke-control
without alarm smoke-fan-1/running
without alarm smoke-fan-1/start-not-completed
without alarm supply-fan-1/over-pressure
without alarm vents-1/vent-1
without alarm dampers-1/damper-1
without act
00:05 command li smoke-fan-1/start start
00:05 command li supply-fan-1/start start
00:05 command li vents-1/vent-1 start
00:05 command li dampers-1/damper-1 start
00:06 expect wrote smoke-fan-1 coil 0 = 1
00:12 expect point smoke-fan-1/running true
00:12 expect alarm smoke-fan-1/start-command:start
00:12 expect alarm smoke-fan-1/running:feedback active
00:12 expect published alarm/ "smoke-fan-1/running:feedback"
00:12 expect point supply-fan-1/running true
00:25 expect alarm vents-1/vent-1:feedback "Floor 2 corridor smoke vent"
00:25 expect alarm dampers-1/damper-1:feedback
00:30 set supply-fan-1/over-pressure=8
01:05 expect alarm supply-fan-1/over-pressure:limit:low
01:10 set supply-fan-1/over-pressure=41 smoke-fan-1/running=false smoke-fan-1/air-flow=false
01:25 expect alarm smoke-fan-1/start-not-completed:supervisory "Start it by hand at its cabinet"
01:30 end
