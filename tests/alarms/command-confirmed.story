# A command is requested, sent once it is written, accepted and confirmed. Its record stays at hand.
00:10 command li pump-1/pump stop
00:10.1 news pump-1/pump stop accepted
00:12 news pump-1/pump stop confirmed
# A second end changes nothing.
00:13 news pump-1/pump stop failed:no-feedback
01:00 wait
