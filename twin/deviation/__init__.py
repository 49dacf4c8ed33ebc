"""twin/deviation"""
