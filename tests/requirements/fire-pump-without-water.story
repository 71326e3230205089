# A pump that runs and moves nothing: no pressure, no current; the flow and the pressure switch act.
rows FW-06
site small
without alarm pump-1/no-pressure
without alarm pump-1/no-current
without alarm pump-1/flow
00:05 set pump-1/pressure-low=true pump-1/outlet-pressure=0.05 pump-1/start-command=true pump-1/red-lamp=false pump-1/soft-starter-running=true
00:10 expect alarm pump-1/pressure-low:feedback active
00:12 set pump-1/bypass-closed=true pump-1/green-lamp=true pump-1/soft-starter-running=false pump-1/motor-current=0
00:35 expect alarm pump-1/no-current:fault active
00:55 expect alarm pump-1/no-pressure:fault active "inlet valve"
00:56 set pump-1/flow=true
01:00 expect alarm pump-1/flow:feedback active
01:05 end
