# Persons are trapped: the controller says so, or the car stands between floors, or a fault holds it with a load inside. It is an
# emergency that says where the car stands and what to do; a fault in an empty lift is a fault.
rows LI-01
site lifts
without alarm lift-1/trapped
without alarm lift-1/call
without alarm lift-1/fault
without alarm lift-2/stopped-between-floors
without alarm lift-2/doors-stay-closed
00:05 set lift-1/moving=true lift-1/at-floor=false lift-1/loaded=true lift-1/floor=2
00:10 set lift-1/moving=false lift-1/fault=true lift-1/trapped=true lift-1/call=true
00:14 expect alarm lift-1/trapped:emergency sounding unacknowledged "call engineering and the maintenance company"
00:14 expect alarm lift-1/call:emergency "Answer the intercom"
00:14 expect alarm lift-1/fault:fault "maintenance company"
00:14 expect event incident-opened
00:14 expect point lift-1/floor 2
00:14 expect published alarm/ "lift-1/trapped:emergency"
00:20 set lift-2/at-floor=false lift-2/floor=-1
01:25 expect alarm lift-2/stopped-between-floors:emergency "look at its camera"
01:30 set lift-2/at-floor=true lift-2/fault=true lift-2/loaded=true
02:35 expect alarm lift-2/doors-stay-closed:emergency
02:40 set lift-1/trapped=false lift-1/call=false lift-1/door-open=true lift-1/at-floor=true lift-1/loaded=false
02:45 expect alarm lift-1/trapped:emergency quiet unacknowledged
02:50 end
