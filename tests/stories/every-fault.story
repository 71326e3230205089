# Every fault of a device, a port and a line, one after the other, and nobody at the desk.
scenario every-fault
13:00 end
