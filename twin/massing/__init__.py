"""twin/massing"""
