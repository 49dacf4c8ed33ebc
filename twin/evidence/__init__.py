"""twin/evidence"""
