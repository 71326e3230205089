# The other extinguishing systems: ready, released, faulty, pressure and level. A release is a discharge like gas.
rows EX-01
site extinguishing
without alarm spray-1/released
without alarm spray-1/supply-pressure
without alarm spray-1/inlet-valve-open
without alarm mist-1/released
without alarm mist-1/tank-low
without alarm foam-1/concentrate
without alarm foam-1/fault
without alarm powder-1/drive-pressure
without alarm powder-1/released
without alarm powder-1/aborted
00:05 set spray-1/supply-pressure=0.1 spray-1/inlet-valve-open=false mist-1/tank-low=true foam-1/concentrate=40 foam-1/fault=true powder-1/drive-pressure=6
00:25 expect alarm spray-1/supply-pressure:limit:low
00:25 expect alarm spray-1/inlet-valve-open:supervisory "Open the valve fully"
00:25 expect alarm mist-1/tank-low:supervisory
00:25 expect alarm foam-1/concentrate:limit:low
00:25 expect alarm foam-1/fault:fault
00:25 expect alarm powder-1/drive-pressure:limit:low
00:30 set spray-1/start-command=true spray-1/released=true mist-1/released=true foam-1/start-command=true powder-1/released=true powder-1/aborted=true
00:34 expect alarm spray-1/released:discharge sounding
00:34 expect alarm spray-1/start-command:start
00:34 expect alarm mist-1/released:discharge
00:34 expect alarm powder-1/released:discharge
00:34 expect alarm powder-1/aborted:supervisory
01:05 expect alarm foam-1/not-released:supervisory "manual release"
01:10 end
