"""What is said around the user's own words, in French and in English: a structure, never a fact or a figure.

`{Topic}` is the subject as it was written, with a capital.
Each section: its title on screen, what its picture shows, and its sentences in the order in which they may be left out
from the end.
"""

Section = tuple[str, str, tuple[str, ...]]

HOOK = {
    "fr": (
        "{Topic}.",
        "Voilà un sujet qui mérite qu'on s'y arrête.",
        "Prenons le temps de le regarder de près, pas à pas.",
    ),
    "en": ("{Topic}.", "It is a subject worth a closer look.", "Let's take the time to go through it, step by step."),
}
HOOK_QUESTION = {
    "fr": (
        "{Topic} ?",
        "C'est la question que nous allons suivre.",
        "Avançons pas à pas, en partant de ce qui est simple.",
    ),
    "en": (
        "{Topic}?",
        "That is the question we are going to follow.",
        "Let's move step by step, starting from what is simple.",
    ),
}
FOR = {"fr": "Cette vidéo est pensée pour {audience}.", "en": "This video is made for {audience}."}
CLOSE = {
    "fr": (
        "À retenir",
        "une idée lumineuse",
        (
            "Retenez l'essentiel, et essayez-le par vous-même.",
            "C'est en pratiquant que les choses deviennent claires.",
            "Merci d'avoir regardé, et à bientôt.",
        ),
    ),
    "en": (
        "To remember",
        "a bright idea",
        (
            "Keep the essentials in mind, and try them for yourself.",
            "It is by doing that things become clear.",
            "Thank you for watching, and see you soon.",
        ),
    ),
}
AFTER = {  # a point of the user's own
    "fr": (
        "Gardez cette idée en tête, elle éclaire la suite.",
        "Demandez-vous ce que cela change, concrètement, pour vous.",
        "Un exemple tiré de votre quotidien vous aidera à le retenir.",
        "Reliez ce point au précédent : c'est ainsi que l'ensemble prend forme.",
        "Reformulez-le avec vos propres mots avant de continuer.",
        "Notez la question qu'il vous pose, nous allons avancer avec elle.",
    ),
    "en": (
        "Keep this idea in mind, it sheds light on what follows.",
        "Ask yourself what it changes for you, in practice.",
        "An example from your own day will help you remember it.",
        "Connect it with the previous point: that is how the whole takes shape.",
        "Put it into your own words before you go on.",
        "Write down the question it raises for you, and let's move on with it.",
    ),
}
POINT = {
    "fr": ("Pour commencer", "Ensuite", "Autre point", "Poursuivons", "Notons aussi ceci", "Enfin"),
    "en": ("To begin with", "Next", "Another point", "Let's go on", "Note this as well", "Finally"),
}
SECTIONS: dict[str, tuple[Section, ...]] = {
    "fr": (
        (
            "De quoi parle-t-on ?",
            "un livre ouvert",
            (
                "Commençons par le cadre.",
                "Mettez d'abord des mots simples sur le sujet : ce qu'il désigne, et ce qu'il laisse de côté.",
                "Une définition courte, que vous pourriez donner à un ami, suffit pour démarrer.",
                "Nous pourrons la préciser en chemin.",
            ),
        ),
        (
            "Pourquoi s'y intéresser ?",
            "des gens réunis",
            (
                "Pourquoi s'y intéresser ?",
                "Cherchez une situation précise où le sujet vous concerne.",
                "C'est là que les idées quittent la théorie et deviennent utiles.",
                "Et si plusieurs situations vous viennent à l'esprit, commencez par la plus familière.",
            ),
        ),
        (
            "Les idées de base",
            "un réseau de points reliés",
            (
                "Voyons maintenant les idées de base.",
                "Mieux vaut en comprendre quelques-unes à fond que d'en survoler beaucoup.",
                "Prenez-les une par une, de la plus simple à la plus précise.",
                "À chaque étape, vérifiez que vous sauriez l'expliquer à voix haute.",
            ),
        ),
        (
            "Un exemple",
            "une ville au matin",
            (
                "Prenons un exemple.",
                "Choisissez un cas proche de vous, et observez-le du début à la fin.",
                "Qu'est-ce qui entre en jeu, qu'est-ce qui change, qu'est-ce qui en résulte ?",
                "Trois questions simples, qui rendent le sujet visible.",
            ),
        ),
        (
            "En pratique",
            "un écran d'ordinateur",
            (
                "Passons à la pratique.",
                "Fixez-vous un premier pas, assez petit pour être fait aujourd'hui.",
                "Regardez le résultat, ajustez, puis recommencez.",
                "La régularité compte plus que la vitesse.",
            ),
        ),
        (
            "Les pièges à éviter",
            "un sommet de montagne",
            (
                "Restons attentifs aux pièges.",
                "Le premier est d'aller trop vite ; le second, de croire qu'il n'existe qu'une seule réponse.",
                "Devant une affirmation, demandez toujours d'où elle vient.",
                "Le doute, ici, est un outil et non un obstacle.",
            ),
        ),
        (
            "Les bonnes questions",
            "la mer à l'horizon",
            (
                "Quelles questions se poser ?",
                "Qui est concerné, à quel moment, et avec quels moyens ?",
                "Ces questions s'adaptent à presque toutes les situations.",
                "Elles vous aideront à distinguer l'important de l'accessoire.",
            ),
        ),
        (
            "Prendre du recul",
            "l'espace et les étoiles",
            (
                "Prenons maintenant du recul.",
                "Comment le sujet s'inscrit-il dans un ensemble plus large ?",
                "Regardez ce qui l'entoure : ce dont il dépend, et ce qui dépend de lui.",
                "Cette vue d'ensemble donne du sens aux détails.",
            ),
        ),
        (
            "En parler",
            "une équipe qui échange",
            (
                "N'hésitez pas à en parler autour de vous.",
                "Expliquer à quelqu'un est la meilleure façon de vérifier ce que l'on sait.",
                "Écoutez aussi les réponses : un autre regard complète le vôtre.",
                "On apprend rarement seul.",
            ),
        ),
        (
            "Pour aller plus loin",
            "un chemin dans la nature",
            (
                "Pour aller plus loin, gardez votre curiosité en éveil.",
                "Choisissez une source que vous pouvez vérifier, et revenez-y souvent.",
                "Comparez ce que vous y lisez avec ce que vous observez.",
                "Peu à peu, vos repères deviendront solides.",
            ),
        ),
    ),
    "en": (
        (
            "What is it about?",
            "an open book",
            (
                "Let's set the frame first.",
                "Put the subject into simple words: what it covers, and what it leaves aside.",
                "A short definition that you could give to a friend is enough to start with.",
                "We can make it more precise along the way.",
            ),
        ),
        (
            "Why does it matter?",
            "people together",
            (
                "Why does it matter?",
                "Look for a precise situation in which the subject concerns you.",
                "That is where ideas leave theory behind and become useful.",
                "If several situations come to mind, begin with the most familiar one.",
            ),
        ),
        (
            "The basic ideas",
            "a network of connected points",
            (
                "Now for the basic ideas.",
                "It is better to understand a few of them well than to skim many.",
                "Take them one by one, from the simplest to the most precise.",
                "At each step, check that you could explain it out loud.",
            ),
        ),
        (
            "An example",
            "a city in the morning",
            (
                "Let's take an example.",
                "Choose a case close to you, and follow it from beginning to end.",
                "What comes into play, what changes, and what comes out of it?",
                "Three simple questions that make the subject visible.",
            ),
        ),
        (
            "In practice",
            "a computer screen",
            (
                "Let's put it into practice.",
                "Set yourself a first step, small enough to be done today.",
                "Look at the result, adjust, and start again.",
                "Regularity counts for more than speed.",
            ),
        ),
        (
            "Pitfalls to avoid",
            "a mountain summit",
            (
                "Let's keep an eye on the pitfalls.",
                "The first is to go too fast; the second, to believe that there is only one answer.",
                "When you meet a claim, always ask where it comes from.",
                "Doubt, here, is a tool and not an obstacle.",
            ),
        ),
        (
            "Good questions",
            "the sea and the horizon",
            (
                "Which questions should you ask?",
                "Who is concerned, at what moment, and with what means?",
                "These questions fit almost every situation.",
                "They will help you tell what matters from what does not.",
            ),
        ),
        (
            "Stepping back",
            "space and stars",
            (
                "Now let's step back.",
                "How does the subject fit into a larger whole?",
                "Look at what surrounds it: what it depends on, and what depends on it.",
                "This overview gives meaning to the details.",
            ),
        ),
        (
            "Talking about it",
            "a team talking",
            (
                "Feel free to talk about it with others.",
                "Explaining something to someone is the best way to check what you know.",
                "Listen to the answers too: another view completes your own.",
                "We rarely learn alone.",
            ),
        ),
        (
            "Going further",
            "a path through nature",
            (
                "To go further, keep your curiosity awake.",
                "Choose a source that you can verify, and come back to it often.",
                "Compare what you read there with what you observe.",
                "Little by little, you will find your way with ease.",
            ),
        ),
    ),
}
