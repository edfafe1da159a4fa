"""Texts of profiles, for conversations that are played without a database."""

ENGLISH = [
    "1. Gender: Female\n2. Age: 35\n3. Personality: Outgoing\n4. Occupation: Graphic designer\n"
    "5. Daily Interests and Hobbies: Enjoys painting, dislikes shopping\n6. Travel Habits: Loves foreign cities",
    "1. Gender: Male\n2. Age: 66\n3. Personality: Quiet\n4. Occupation: Retired teacher\n"
    "5. Daily Interests and Hobbies: Likes history, avoids television\n7. Dining Preferences: Prefers home cooking",
    "1. Gender: Female\n2. Age: 21\n3. Personality: Ambitious\n4. Occupation: Student of law",
]
CHINESE = [
    "1. Gender: 女\n2. Age: 35\n3. Personality: 外向，爱笑\n4. Occupation: 平面设计师\n"
    "5. Daily Interests and Hobbies: 喜欢水彩画和瑜伽，讨厌逛商场\n6. Travel Habits: 喜欢外国的老城，避开邮轮",
    "1. Gender: 男\n2. Age: 66\n3. Personality: 安静\n4. Occupation: 退休教师\n"
    "5. Daily Interests and Hobbies: 热爱历史，不喜欢看电视\n7. Dining Preferences: 偏爱家常菜，不吃生冷的东西",
    "1. Gender: 女\n2. Age: 21\n3. Personality: 有抱负\n4. Occupation: 法律系学生",
]
PROFILES = {"en": ENGLISH, "zh": CHINESE}
