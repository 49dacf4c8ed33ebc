"""twin/registration"""
