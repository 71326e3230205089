# Domestic water: the set pressure is not reached, drives fail, the tank runs dry, and in the end nobody has water: the outage is told
# with what to do.
rows WS-01
site water
without alarm booster-1/outlet-pressure
without alarm booster-1/pump-1-fault
without alarm booster-1/no-pump
without alarm booster-1/tank-level
without alarm booster-1/no-water
without alarm booster-1/power
without alarm booster-1/inlet-dry
00:05 set booster-1/outlet-pressure=0.4 booster-1/pump-1-fault=true
00:10 expect alarm booster-1/pump-1-fault:fault
00:10 expect point booster-1/set-pressure 0.55
10:20 expect alarm booster-1/outlet-pressure:limit:low
10:25 set booster-1/pump-2-fault=true booster-1/pump-3-fault=true booster-1/tank-level=0.2 booster-1/inlet-dry=true
10:40 expect alarm booster-1/no-pump:supervisory
10:40 expect alarm booster-1/inlet-dry:supervisory "Look at the main"
11:05 expect alarm booster-1/tank-level:limit:low
11:10 set booster-1/outlet-pressure=0.02 booster-1/power=false booster-1/pump-1-running=false
11:20 expect alarm booster-1/power:mains-fault
11:50 expect alarm booster-1/no-water:supervisory "tell the residents"
11:55 end
