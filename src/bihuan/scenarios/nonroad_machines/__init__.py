"""Non-road machines (非道路移动机械): register, zones of low emission, checks by phone."""
