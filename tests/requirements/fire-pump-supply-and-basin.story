# The daily checks of FW-04: supply within 380 to 400 V, lamps that agree with the pump, the basin within its range. What disagrees is a fault.
rows FW-04
site small
without alarm pump-1/supply-voltage-l1-l2
without alarm pump-1/red-lamp
without alarm pump-1/basin-level
00:05 set pump-1/supply-voltage-l1-l2=372
00:20 expect alarm pump-1/supply-voltage-l1-l2:limit:low active
00:22 set pump-1/supply-voltage-l1-l2=390
00:30 set pump-1/supply-voltage-l1-l2=407
00:45 expect alarm pump-1/supply-voltage-l1-l2:limit:high active
00:46 set pump-1/supply-voltage-l1-l2=390
00:50 set pump-1/red-lamp=false
00:58 expect alarm pump-1/red-lamp:fault active
01:00 set pump-1/red-lamp=true pump-1/green-lamp=true
01:10 expect alarm pump-1/green-lamp:fault active
01:12 set pump-1/green-lamp=false
01:15 set pump-1/basin-level=-2.9
01:40 expect alarm pump-1/basin-level:limit:low active
01:42 set pump-1/basin-level=0.4
02:10 expect alarm pump-1/basin-level:limit:high active
02:12 set pump-1/motor-current=20
02:30 expect alarm pump-1/stray-current:fault active
02:35 end
