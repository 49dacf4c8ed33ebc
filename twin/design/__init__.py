"""twin/design"""
