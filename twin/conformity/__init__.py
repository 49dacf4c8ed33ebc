"""twin/conformity"""
