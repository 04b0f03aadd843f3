using System;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>Products of batches of matrices with any strides: what cuBLASLt does not take.</summary>
/// <remarks>
/// <para><b>Numerics</b>: fp32 sums in the order of k, so equal inputs give equal bits. Two operands of the same 16
/// bits are multiplied by the matrix units; products of two of them are exact in fp32.</para>
/// <para><b>Error</b>: k · 6e-8 · |A| · |B|, and the rounding of C.</para>
/// <para><b>Memory</b>: nothing is allocated but a kernel's code on its first use.</para>
/// <para><b>Errors</b>: addresses and strides are not checked; A, B and C are fp32, bf16 or f16, D is as C.</para>
/// </remarks>
public static unsafe class CudaProduct
{
    const string File = "strided_product";
    const int TileRows = 64, TileColumns = 128, Threads = 128;     // as in tiles.cuh

    /// <summary>C = A · B for every matrix of a batch of outer × inner.</summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="outer">Length of the outer batch axis.</param>
    /// <param name="inner">Length of the inner batch axis.</param>
    /// <param name="m">Rows of A and C.</param>
    /// <param name="n">Columns of B and C.</param>
    /// <param name="k">Columns of A, rows of B; for 0 the product is 0.</param>
    /// <param name="a">[outer, inner, m, k].</param>
    /// <param name="b">[outer, inner, k, n].</param>
    /// <param name="c">[outer, inner, m, n]; must not overlap A or B; what it held is lost.</param>
    public static void Multiply(KernelLibrary library, CudaStream stream, int outer, int inner, long m, long n, long k,
        in CudaMatrix a, in CudaMatrix b, in CudaMatrix c) =>
        Multiply(library, stream, outer, inner, m, n, k, a, b, c, c, 1, 0);

    /// <summary>C = alpha · A · B + beta · D for every matrix of a batch of outer × inner.</summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="outer">Length of the outer batch axis.</param>
    /// <param name="inner">Length of the inner batch axis.</param>
    /// <param name="m">Rows of A and C.</param>
    /// <param name="n">Columns of B and C.</param>
    /// <param name="k">Columns of A, rows of B.</param>
    /// <param name="a">[outer, inner, m, k].</param>
    /// <param name="b">[outer, inner, k, n].</param>
    /// <param name="c">[outer, inner, m, n]; must not overlap A or B.</param>
    /// <param name="d">[outer, inner, m, n] of C's type; may be C, and is not read where beta is 0.</param>
    /// <param name="alpha">Of the product.</param>
    /// <param name="beta">Of D.</param>
    public static void Multiply(KernelLibrary library, CudaStream stream, int outer, int inner, long m, long n, long k,
        in CudaMatrix a, in CudaMatrix b, in CudaMatrix c, in CudaMatrix d, float alpha, float beta)
    {
        ArgumentNullException.ThrowIfNull(library);
        if (d.Type != c.Type) throw new ArgumentException($"C is {c.Type}, but what is added {d.Type}.", nameof(d));
        if (outer == 0 || inner == 0 || m == 0 || n == 0) return;
        var numbers = new ProductNumbers
        {
            A = Strides.Of(a), B = Strides.Of(b), C = Strides.Of(c), D = Strides.Of(d), M = m, N = n, K = checked((int)k),
            Inner = inner, TilesM = CudaElements.Blocks(m, TileRows), TilesN = CudaElements.Blocks(n, TileColumns),
            Alpha = alpha, Beta = beta,
        };
        int blocks = checked(numbers.TilesM * numbers.TilesN * outer * inner);
        (ulong left, ulong right, ulong result, ulong added) = (a.Data, b.Data, c.Data, d.Data);
        void** arguments = stackalloc void*[] { &result, &left, &right, &added, &numbers };
        library.Get(File, "strided_product", Left(a.Type), Right(b.Type), Result(c.Type)).Launch(stream,
            CudaLaunchShape.Of(blocks, Threads), arguments);
    }

    static string Left(CudaDataType type) => type switch
    {
        CudaDataType.Float32 => "LEFT=float",
        CudaDataType.BFloat16 => "LEFT=bf16",
        CudaDataType.Float16 => "LEFT=f16",
        _ => throw CudaElements.Unsupported(type),
    };

    static string Right(CudaDataType type) => type switch
    {
        CudaDataType.Float32 => "RIGHT=float",
        CudaDataType.BFloat16 => "RIGHT=bf16",
        CudaDataType.Float16 => "RIGHT=f16",
        _ => throw CudaElements.Unsupported(type),
    };

    static string Result(CudaDataType type) => type switch
    {
        CudaDataType.Float32 => "RESULT=float",
        CudaDataType.BFloat16 => "RESULT=bf16",
        CudaDataType.Float16 => "RESULT=f16",
        _ => throw CudaElements.Unsupported(type),
    };

    struct Strides
    {
        public long Outer, Inner, Row, Column;

        public static Strides Of(in CudaMatrix matrix) => new()
        {
            Outer = matrix.Outer, Inner = matrix.Inner, Row = matrix.Row, Column = matrix.Column,
        };
    }

    /// <summary>As strided_product.cu has it.</summary>
    struct ProductNumbers
    {
        public Strides A, B, C, D;
        public long M, N;
        public int K, Inner, TilesM, TilesN;
        public float Alpha, Beta;
    }
}
