"""Production: from a prompt to a film (iafactory).

    project     a project: what is asked for, how far it is
    projects    what happens to one: made, listed, changed, deleted
    pipeline    … its film's making: started, cancelled          ending      … come to no good end
    scene       what its film is made of, in order               notes       its log
    asset       a picture, a clip, a voice, music, a film        assets      what happens to one
    wanted      what is wanted of whom, and the hash of it       todo        what of it is not made yet
    steps       what is next, and doing it                       making      one asset: asking its maker, and keeping it
    run         which items of a run are made                    telling     how far it is, to those who listen
    news        … to webhooks
    montage     scenes into a timeline, and into a film          estimate    what it will take, before it is begun
    timelines   what is seen and heard when, of which assets
    render      a timeline on its way to a film                  renders     what happens to one
    stages      how far one is                                   rendering   one piece of one, as a worker does it
    addresses   where films and assets are found

A pipeline is an execution of the state machine in the template: it asks `steps.next_of` what to do, does those items
side by side, and asks again. Everything is somebody's: an account's partition holds its projects, so that somebody
else's id is simply not found.
"""
