"""指挥中心自身中断: what the installation itself did not receive or do, said once and blamed on nobody."""
