"""twin/survey"""
