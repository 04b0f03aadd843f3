namespace ModelCompiler.Runtime.Cuda;

/// <summary>C = alpha · A · B + beta · D for a batch of matrices along their inner axis: how <see cref="CudaMuon"/>
/// asks for its products.</summary>
/// <param name="batch">Matrices.</param>
/// <param name="m">Rows of A and C.</param>
/// <param name="n">Columns of B and C.</param>
/// <param name="k">Columns of A, rows of B.</param>
/// <param name="a">[batch, m, k].</param>
/// <param name="b">[batch, k, n].</param>
/// <param name="c">[batch, m, n].</param>
/// <param name="d">[batch, m, n]; not read where beta is 0.</param>
/// <param name="alpha">Of the product.</param>
/// <param name="beta">Of D.</param>
public delegate void CudaBatchedProduct(int batch, long m, long n, long k, in CudaMatrix a, in CudaMatrix b,
    in CudaMatrix c, in CudaMatrix d, float alpha, float beta);
