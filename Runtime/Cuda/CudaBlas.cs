using System;
using ModelCompiler.Runtime.Cuda.Native;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>Matrix products by cuBLAS. Matrices lie column by column.</summary>
/// <remarks>
/// <para><b>Memory</b>: cuBLAS allocates some MiB of the device for itself, unless <see cref="SetWorkspace"/> gives it
/// what it uses; while a graph is recorded it must have been given.</para>
/// <para><b>Errors</b>: one thread at a time; addresses are not checked.</para>
/// </remarks>
/// <example><code>
/// using var blas = new CudaBlas(context) { Stream = stream };
/// // C [M, N] = A [M, K] · B [K, N] by rows is Cᵀ = Bᵀ · Aᵀ by columns.
/// blas.Multiply(CudaBlasOperation.None, CudaBlasOperation.None, N, M, K, 1, b, CudaDataType.Float32, N,
///     a, CudaDataType.Float32, K, 0, c, CudaDataType.Float32, N, CudaBlasComputeType.Float32);
/// </code></example>
public sealed unsafe class CudaBlas : IDisposable
{
    const string Multiplying = "multiplying matrices";
    const int DefaultAlgorithm = -1;    // CUBLAS_GEMM_DEFAULT

    readonly CudaResource resource;
    readonly CudaContext context;
    CudaStream? stream;

    /// <summary>Starts cuBLAS on a device.</summary>
    /// <param name="context">Of the device.</param>
    /// <exception cref="CudaLibraryNotFoundException">cuBLAS is not on this machine.</exception>
    /// <exception cref="CudaException">It does not start.</exception>
    public CudaBlas(CudaContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        this.context = context;
        CudaLibraries.Require(CudaLibrary.Blas);
        context.MakeCurrent();
        nint handle;
        CudaCheck.Success(Blas.cublasCreate_v2(&handle), nameof(Blas.cublasCreate_v2), "starting cuBLAS");
        resource = new CudaResource(context.Resource, handle, &Destroy);
        int version;
        CudaCheck.Success(Blas.cublasGetVersion_v2(handle, &version), nameof(Blas.cublasGetVersion_v2),
            "asking for the version of cuBLAS");
        Version = version;
    }

    /// <summary>Such as 120304.</summary>
    public int Version { get; }

    /// <summary>The library's handle, a cublasHandle_t.</summary>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    public nint Handle => resource.Of(this);

    /// <summary>Where products are put; null for the stream that is nobody's.</summary>
    public CudaStream? Stream
    {
        get => stream;
        set
        {
            CudaCheck.Success(Blas.cublasSetStream_v2(Enter(), value?.Handle ?? 0), nameof(Blas.cublasSetStream_v2),
                "setting the stream of cuBLAS", this);
            stream = value;     // kept, so that it lives as long as it is used
        }
    }

    /// <summary>What it may do to be faster.</summary>
    /// <param name="mode">For all products to come.</param>
    public void SetMathMode(CudaBlasMathMode mode) => CudaCheck.Success(Blas.cublasSetMathMode(Enter(), mode),
        nameof(Blas.cublasSetMathMode), "setting the mathematics of cuBLAS", this);

    /// <summary>Gives it memory to work in. Setting the stream takes it away again.</summary>
    /// <param name="address">On the device; a multiple of 256.</param>
    /// <param name="bytes">How many.</param>
    public void SetWorkspace(ulong address, long bytes) => CudaCheck.Success(
        Blas.cublasSetWorkspace_v2(Enter(), address, checked((nuint)bytes)), nameof(Blas.cublasSetWorkspace_v2),
        "giving cuBLAS memory", this);

    /// <summary>C = alpha · op(A) · op(B) + beta · C.</summary>
    /// <param name="operationA">Whether A is transposed.</param>
    /// <param name="operationB">Whether B is transposed.</param>
    /// <param name="m">Rows of C.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">Columns of op(A), rows of op(B).</param>
    /// <param name="alpha">Factor of the product.</param>
    /// <param name="a">[m, k] after <paramref name="operationA"/>, column by column; address on the device.</param>
    /// <param name="typeA">Of A's elements.</param>
    /// <param name="strideA">Elements from one column of A to the next, as it lies.</param>
    /// <param name="b">[k, n] after <paramref name="operationB"/>, column by column; address on the device.</param>
    /// <param name="typeB">Of B's elements.</param>
    /// <param name="strideB">Elements from one column of B to the next, as it lies.</param>
    /// <param name="beta">Factor of what C holds; 0 does not read it.</param>
    /// <param name="c">[m, n], column by column; address on the device.</param>
    /// <param name="typeC">Of C's elements.</param>
    /// <param name="strideC">Elements from one column of C to the next.</param>
    /// <param name="compute">What sums are kept in; a kind of 32-bit floating point.</param>
    /// <exception cref="CudaException">Types or sizes do not go together.</exception>
    public void Multiply(CudaBlasOperation operationA, CudaBlasOperation operationB, int m, int n, int k, float alpha,
        ulong a, CudaDataType typeA, int strideA, ulong b, CudaDataType typeB, int strideB, float beta, ulong c,
        CudaDataType typeC, int strideC, CudaBlasComputeType compute)
    {
        CudaCheck.Success(
            Blas.cublasGemmEx(Enter(), operationA, operationB, m, n, k, &alpha, a, typeA, strideA, b, typeB, strideB,
                &beta, c, typeC, strideC, compute, DefaultAlgorithm), nameof(Blas.cublasGemmEx), Multiplying, this);
        stream?.AfterLaunch(nameof(Blas.cublasGemmEx));
    }

    /// <summary>As <see cref="Multiply"/>, for many matrices that lie at equal distances.</summary>
    /// <param name="operationA">Whether A is transposed.</param>
    /// <param name="operationB">Whether B is transposed.</param>
    /// <param name="m">Rows of C.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">Columns of op(A), rows of op(B).</param>
    /// <param name="alpha">Factor of the product.</param>
    /// <param name="a">[count, m, k] after <paramref name="operationA"/>; address on the device.</param>
    /// <param name="typeA">Of A's elements.</param>
    /// <param name="strideA">Elements from one column of A to the next, as it lies.</param>
    /// <param name="batchStrideA">Elements from one A to the next; 0 for the same one.</param>
    /// <param name="b">[count, k, n] after <paramref name="operationB"/>; address on the device.</param>
    /// <param name="typeB">Of B's elements.</param>
    /// <param name="strideB">Elements from one column of B to the next, as it lies.</param>
    /// <param name="batchStrideB">Elements from one B to the next; 0 for the same one.</param>
    /// <param name="beta">Factor of what C holds; 0 does not read it.</param>
    /// <param name="c">[count, m, n]; address on the device.</param>
    /// <param name="typeC">Of C's elements.</param>
    /// <param name="strideC">Elements from one column of C to the next.</param>
    /// <param name="batchStrideC">Elements from one C to the next.</param>
    /// <param name="count">How many.</param>
    /// <param name="compute">What sums are kept in; a kind of 32-bit floating point.</param>
    /// <exception cref="CudaException">Types or sizes do not go together.</exception>
    public void MultiplyBatch(CudaBlasOperation operationA, CudaBlasOperation operationB, int m, int n, int k,
        float alpha, ulong a, CudaDataType typeA, int strideA, long batchStrideA, ulong b, CudaDataType typeB,
        int strideB, long batchStrideB, float beta, ulong c, CudaDataType typeC, int strideC, long batchStrideC,
        int count, CudaBlasComputeType compute)
    {
        CudaCheck.Success(
            Blas.cublasGemmStridedBatchedEx(Enter(), operationA, operationB, m, n, k, &alpha, a, typeA, strideA,
                batchStrideA, b, typeB, strideB, batchStrideB, &beta, c, typeC, strideC, batchStrideC, count, compute,
                DefaultAlgorithm), nameof(Blas.cublasGemmStridedBatchedEx), Multiplying, this);
        stream?.AfterLaunch(nameof(Blas.cublasGemmStridedBatchedEx));
    }

    /// <summary>Ends it; again is harmless.</summary>
    public void Dispose() => resource.Dispose();

    nint Enter()
    {
        nint handle = Handle;
        context.MakeCurrent();
        return handle;
    }

    static void Destroy(nint handle, nint argument) => _ = Blas.cublasDestroy_v2(handle);
}
