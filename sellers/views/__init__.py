"""The seller's desk, under /dashboard/.

Who may do what in a channel. Each role may do what those to its right may; strangers, and members whose role does
not reach, find nothing there (404); guests are asked to sign in. ``tests/sellers/test_views.py`` walks all addresses
with every persona and fails for an address this table does not know.

==================================================  =====  =======  =====  ======
page                                                owner  manager  agent  viewer
==================================================  =====  =======  =====  ======
home of the channel, where it stands                yes    yes      yes    yes
posts, preview, history, followers, team (to read)  yes    yes      yes    yes
low stock (to read)                                 yes    yes      yes    yes
leave the team                                      no     yes      yes    yes
write, edit, publish, schedule, archive, restore,
delete drafts, upload pictures                      yes    yes      no     no
settings, thresholds of stock, submit to staff      yes    yes      no     no
team: add, change, remove (a manager: agents and
viewers only; the services say so)                  yes    yes      no     no
holiday, hand the channel over                      yes    no       no     no
==================================================  =====  =======  =====  ======

Everybody who is signed in may list her channels and open another one.
"""
