# A command is sent only after it was written. When the disk does not answer in time, a person's command goes on,
# marked unrecorded, and is not sent a second time when the disk works again.
00:10 disk hangs
00:11 command li pump-1/pump stop
00:11.3 wait
00:12 wait
00:13 disk works
00:14 news pump-1/pump stop confirmed
# A disk that fails at once.
00:20 disk full
00:21 command li#a pump-1/pump stop
00:22 command li#a pump-1/pump stop
