"""Texts of profiles, for conversations that are played without a database."""

PROFILES = [
    "1. Gender: Female\n2. Age: 35\n3. Personality: Outgoing\n4. Occupation: Graphic designer\n"
    "5. Daily Interests and Hobbies: Enjoys painting, dislikes shopping\n6. Travel Habits: Loves foreign cities",
    "1. Gender: Male\n2. Age: 66\n3. Personality: Quiet\n4. Occupation: Retired teacher\n"
    "5. Daily Interests and Hobbies: Likes history, avoids television\n7. Dining Preferences: Prefers home cooking",
    "1. Gender: Female\n2. Age: 21\n3. Personality: Ambitious\n4. Occupation: Student of law",
]
