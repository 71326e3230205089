# The supply voltage outside of 380 to 400 V, tripped breakers, an earth-leakage alarm; non-fire power is cut off on command and proves
# it, and a breaker that stays closed is told.
rows PW-01 FA-20
site supply
without alarm lv-1/voltage-l1-l2
without alarm lv-1/voltage-l2-l3
without alarm lv-1/current
without alarm lv-1/feeder-1
without alarm lv-1/incoming-tripped
without alarm lv-1/leakage
without alarm cut-1/circuit-1
without alarm cut-1/circuit-2
without act
00:05 set lv-1/voltage-l1-l2=372 lv-1/voltage-l2-l3=408 lv-1/current=950 lv-1/feeder-1.closed=false lv-1/feeder-1.tripped=true lv-1/leakage=true
00:15 expect alarm lv-1/feeder-1:fault "Feeder 1 lighting"
00:15 expect alarm lv-1/leakage:supervisory
00:25 expect alarm lv-1/voltage-l1-l2:limit:low
00:25 expect alarm lv-1/voltage-l2-l3:limit:high
00:30 command li cut-1/circuit-1 start
00:31 expect wrote cut-1 coil 0 = 1
00:38 expect alarm cut-1/circuit-1:feedback "Floor 2 lighting cut-off"
00:40 set cut-1/circuit-2.command=true
00:55 expect alarm cut-1/circuit-2:supervisory "Open the breaker by hand"
01:00 set lv-1/incoming-closed=false lv-1/incoming-tripped=true
01:05 expect alarm lv-1/incoming-tripped:supervisory "Do not close it"
01:20 expect alarm lv-1/current:limit:high
01:25 end
