# What would keep smoke control from working is told before a fire: selector not in auto, overload, no supply, the 280 °C damper
# closed, no air, a vent between its ends, a faulty actuator.
rows SM-01
site smoke-control
without alarm smoke-fan-1/selector-auto
without alarm smoke-fan-1/overload-trip
without alarm smoke-fan-1/damper-open
without alarm smoke-fan-1/no-air
without alarm supply-fan-1/control-power
without alarm vents-1/vent-2
without alarm dampers-1/damper-1
00:05 set smoke-fan-1/selector-auto=false smoke-fan-1/selector-manual=true supply-fan-1/control-power=false vents-1/vent-2.closed=false dampers-1/damper-1.fault=true
00:12 expect alarm smoke-fan-1/selector-auto:supervisory sounding "Turn the selector back"
00:12 expect alarm supply-fan-1/control-power:mains-fault
00:20 set smoke-fan-1/overload-trip=true smoke-fan-1/damper-open=false smoke-fan-1/running=true
00:26 expect alarm smoke-fan-1/overload-trip:supervisory "reset the overload relay"
00:26 expect alarm smoke-fan-1/damper-open:supervisory "280"
00:40 expect alarm dampers-1/damper-1:fault "Floor 2 duct fire damper"
00:40 expect alarm smoke-fan-1/no-air:fault
00:40 expect alarm smoke-fan-1/against-damper:fault
01:15 expect alarm vents-1/vent-2:supervisory "manual release"
01:20 set smoke-fan-1/selector-auto=true smoke-fan-1/selector-manual=false
01:25 expect alarm smoke-fan-1/selector-auto:supervisory quiet
01:30 end
