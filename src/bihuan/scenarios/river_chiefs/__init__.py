"""Who answers for which reach of a river, how often they patrol it, and what they find and have put right."""
