# The pump room's line breaks and is mended; the generator's controller answers late, then not at all.
scenario bus-cut
00:30 silence li
02:05 ack li gateway/bus.pump-room:link-fault gen-1/link:link-fault
03:30 end
