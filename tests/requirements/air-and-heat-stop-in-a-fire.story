# In a fire the air handler and the boiler stop; one that runs on is told, and a person stops it from here. Outages of heating and
# cooling, gas in the boiler room, a boiler without water: each is told.
rows HV-01
site air-and-heat
without alarm ahu-1/fire-stop
without alarm ahu-1/not-stopped
without alarm ahu-1/not-running
without alarm boiler-1/gas-leak
without alarm boiler-1/gas-valve-open
without alarm boiler-1/water-low
without alarm boiler-1/no-heat
without alarm boiler-1/flame-failure
without act
00:05 set ahu-1/fire-stop=true
00:08 expect alarm ahu-1/fire-stop:feedback
00:20 expect alarm ahu-1/not-stopped:supervisory "Stop it by hand"
00:25 command li ahu-1/stop stop
00:26 expect wrote ahu-1 coil 0 = 1
00:32 expect point ahu-1/running false
00:40 set ahu-1/fire-stop=false ahu-1/command=true
01:50 expect alarm ahu-1/not-running:fault "tell customer service"
02:00 set boiler-1/gas-leak=true boiler-1/water-low=true
02:03 expect alarm boiler-1/gas-leak:gas sounding "touch no switch"
02:03 expect alarm boiler-1/water-low:supervisory
02:10 expect alarm boiler-1/gas-valve-open:supervisory
02:15 set boiler-1/running=false boiler-1/flame-failure=true boiler-1/outlet-temperature=22 boiler-1/gas-valve-open=false
02:20 expect alarm boiler-1/flame-failure:fault
32:30 expect alarm boiler-1/no-heat:supervisory "tell the residents"
32:35 end
