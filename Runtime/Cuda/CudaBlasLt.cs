using System;
using ModelCompiler.Runtime.Cuda.Native;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>Matrix products by cuBLASLt: with epilogues, with a choice of algorithms, and with workspaces of ours.
/// </summary>
/// <remarks>
/// <para><b>Memory</b>: none on the device but the workspaces given; a product allocates nothing on the managed heap.
/// </para>
/// <para><b>Errors</b>: what a library or device has no algorithm for is no exception where it is asked for
/// (<see cref="GetHeuristics"/>, <see cref="TryMultiply"/>), so that the caller can take another way.</para>
/// </remarks>
/// <example><code>
/// using var lt = new CudaBlasLt(context);
/// var found = new CudaBlasLtAlgorithm[8];
/// up.MaxWorkspaceBytes = workspace.SizeInBytes;
/// if (lt.GetHeuristics(up, found) == 0) throw new NotSupportedException();
/// lt.Multiply(up, 1, w, x, 0, y, y, found[0], workspace.DevicePointer, workspace.SizeInBytes, stream);
/// </code></example>
public sealed unsafe class CudaBlasLt : IDisposable
{
    const string Multiplying = "computing the product";

    readonly CudaResource resource;
    readonly CudaContext context;

    /// <summary>Starts cuBLASLt on a device.</summary>
    /// <param name="context">Of the device.</param>
    /// <exception cref="CudaLibraryNotFoundException">cuBLASLt is not on this machine.</exception>
    /// <exception cref="CudaException">It does not start.</exception>
    public CudaBlasLt(CudaContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        this.context = context;
        CudaLibraries.Require(CudaLibrary.BlasLt);
        context.MakeCurrent();
        nint handle;
        CudaCheck.Success(BlasLt.cublasLtCreate(&handle), nameof(BlasLt.cublasLtCreate), "starting cuBLASLt");
        resource = new CudaResource(context.Resource, handle, &Destroy);
        Version = (long)BlasLt.cublasLtGetVersion();
    }

    /// <summary>Such as 120304: what stored choices of algorithms depend on.</summary>
    public long Version { get; }

    /// <summary>The library's handle, a cublasLtHandle_t.</summary>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    public nint Handle => resource.Of(this);

    /// <summary>Algorithms for a product, those that should be fastest first.</summary>
    /// <param name="matmul">The product; <see cref="CudaBlasLtMatmul.MaxWorkspaceBytes"/> and
    /// <see cref="CudaBlasLtMatmul.Alignment"/> are kept.</param>
    /// <param name="found">Gets as many as there are and fit.</param>
    /// <returns>How many; 0 if the product is not supported.</returns>
    /// <exception cref="CudaException">The description makes no sense.</exception>
    public int GetHeuristics(CudaBlasLtMatmul matmul, Span<CudaBlasLtAlgorithm> found)
    {
        ArgumentNullException.ThrowIfNull(matmul);
        if (found.IsEmpty) return 0;
        int count;
        BlasStatus status;
        fixed (CudaBlasLtAlgorithm* results = found)
        {
            status = BlasLt.cublasLtMatmulAlgoGetHeuristic(Enter(), matmul.Description, matmul.LayoutA, matmul.LayoutB,
                matmul.LayoutC, matmul.LayoutD, matmul.Preference, found.Length, results, &count);
        }
        GC.KeepAlive(this);
        GC.KeepAlive(matmul);
        // The library also calls it an invalid value where an epilogue does not go with the types.
        if (status == BlasStatus.NotSupported || status == BlasStatus.InvalidValue && matmul.HasEpilogue) return 0;
        CudaCheck.Success(status, nameof(BlasLt.cublasLtMatmulAlgoGetHeuristic),
            "choosing an algorithm for the product", matmul.Name);
        // Some of them may be marked as failed.
        int usable = 0;
        for (int i = 0; i < count; i++)
            if (found[i].IsSupported) found[usable++] = found[i];
        return usable;
    }

    /// <summary>Whether an algorithm, such as one of an earlier run, can compute a product here.</summary>
    /// <param name="matmul">The product.</param>
    /// <param name="algorithm">Gets the workspace it needs.</param>
    public bool IsSupported(CudaBlasLtMatmul matmul, ref CudaBlasLtAlgorithm algorithm)
    {
        ArgumentNullException.ThrowIfNull(matmul);
        CudaBlasLtAlgorithm result = default;
        BlasStatus status;
        fixed (CudaBlasLtAlgorithm* asked = &algorithm)
        {
            status = BlasLt.cublasLtMatmulAlgoCheck(Enter(), matmul.Description, matmul.LayoutA, matmul.LayoutB,
                matmul.LayoutC, matmul.LayoutD, asked, &result);
        }
        GC.KeepAlive(this);
        GC.KeepAlive(matmul);
        if (status is BlasStatus.NotSupported or BlasStatus.InvalidValue or BlasStatus.ArchitectureMismatch)
            return false;
        CudaCheck.Success(status, nameof(BlasLt.cublasLtMatmulAlgoCheck), "checking an algorithm for the product",
            matmul.Name);
        if (!result.IsSupported) return false;
        (algorithm.Workspace, algorithm.WaveCount, algorithm.Status) = (result.Workspace, result.WaveCount,
            BlasStatus.Success);
        return true;
    }

    /// <summary>Puts a product into a stream: D = epilogue(alpha · op(A) · op(B) + beta · C).</summary>
    /// <param name="matmul">Its description.</param>
    /// <param name="alpha">Factor of the product; rounded to a whole number where factors are integers.</param>
    /// <param name="a">As described; address on the device.</param>
    /// <param name="b">As described; address on the device.</param>
    /// <param name="beta">Factor of C; 0 does not read it.</param>
    /// <param name="c">As described; address on the device. D's for D += A · B.</param>
    /// <param name="d">As described; address on the device.</param>
    /// <param name="algorithm">Of <see cref="GetHeuristics"/> for the same description.</param>
    /// <param name="workspace">Address on the device, a multiple of 256; 0 for none.</param>
    /// <param name="workspaceBytes">How many there are; at least as many as the algorithm needs.</param>
    /// <param name="stream">Which one.</param>
    /// <exception cref="CudaException">The library refuses.</exception>
    public void Multiply(CudaBlasLtMatmul matmul, float alpha, ulong a, ulong b, float beta, ulong c, ulong d,
        in CudaBlasLtAlgorithm algorithm, ulong workspace, long workspaceBytes, CudaStream stream) =>
        CudaCheck.Success(
            Run(matmul, alpha, a, b, beta, c, d, algorithm, workspace, workspaceBytes, stream),
            nameof(BlasLt.cublasLtMatmul), Multiplying, matmul.Name);

    /// <summary>As <see cref="Multiply"/>, but false where the product is not supported.</summary>
    /// <param name="matmul">Its description.</param>
    /// <param name="alpha">Factor of the product.</param>
    /// <param name="a">As described; address on the device.</param>
    /// <param name="b">As described; address on the device.</param>
    /// <param name="beta">Factor of C; 0 does not read it.</param>
    /// <param name="c">As described; address on the device.</param>
    /// <param name="d">As described; address on the device.</param>
    /// <param name="algorithm">Of <see cref="GetHeuristics"/> for the same description.</param>
    /// <param name="workspace">Address on the device, a multiple of 256; 0 for none.</param>
    /// <param name="workspaceBytes">How many there are.</param>
    /// <param name="stream">Which one.</param>
    /// <returns>Whether it was put in.</returns>
    /// <exception cref="CudaException">The library refuses for another reason.</exception>
    public bool TryMultiply(CudaBlasLtMatmul matmul, float alpha, ulong a, ulong b, float beta, ulong c, ulong d,
        in CudaBlasLtAlgorithm algorithm, ulong workspace, long workspaceBytes, CudaStream stream)
    {
        BlasStatus status = Run(matmul, alpha, a, b, beta, c, d, algorithm, workspace, workspaceBytes, stream);
        if (status == BlasStatus.NotSupported || status == BlasStatus.InvalidValue && matmul.HasEpilogue) return false;
        CudaCheck.Success(status, nameof(BlasLt.cublasLtMatmul), Multiplying, matmul.Name);
        return true;
    }

    /// <summary>Ends it; again is harmless.</summary>
    public void Dispose() => resource.Dispose();

    BlasStatus Run(CudaBlasLtMatmul matmul, float alpha, ulong a, ulong b, float beta, ulong c, ulong d,
        in CudaBlasLtAlgorithm algorithm, ulong workspace, long workspaceBytes, CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(matmul);
        ArgumentNullException.ThrowIfNull(stream);
        (int wholeAlpha, int wholeBeta) = ((int)alpha, (int)beta);
        bool isWhole = matmul.ScaleType == CudaDataType.Int32;
        BlasStatus status;
        fixed (CudaBlasLtAlgorithm* chosen = &algorithm)
        {
            status = BlasLt.cublasLtMatmul(Enter(), matmul.Description, isWhole ? &wholeAlpha : &alpha, a,
                matmul.LayoutA, b, matmul.LayoutB, isWhole ? &wholeBeta : &beta, c, matmul.LayoutC, d, matmul.LayoutD,
                chosen, workspace, checked((nuint)workspaceBytes), stream.Handle);
        }
        GC.KeepAlive(this);
        GC.KeepAlive(matmul);
        GC.KeepAlive(stream);
        if (status == BlasStatus.Success) stream.AfterLaunch(matmul.Name);
        return status;
    }

    nint Enter()
    {
        nint handle = Handle;
        context.MakeCurrent();
        return handle;
    }

    static void Destroy(nint handle, nint argument) => _ = BlasLt.cublasLtDestroy(handle);
}
