# The mains fail, the generator takes the load, the mains return.
scenario mains-out
00:30 silence li
01:00 ack li meter-1/phase-lost:mains-fault pump-1/control-power:mains-fault pump-1/phase-lost:mains-fault
03:40 end
