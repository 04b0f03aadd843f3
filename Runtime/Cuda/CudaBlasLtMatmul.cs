using System;
using ModelCompiler.Runtime.Cuda.Native;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>A product as cuBLASLt is to compute it: D = epilogue(alpha · op(A) · op(B) + beta · C). Made once, run
/// often; addresses that change from call to call are set before it.</summary>
/// <remarks>
/// <para><b>Memory</b>: of the host, some hundred bytes; setting a property allocates nothing.</para>
/// <para><b>Errors</b>: one thread at a time. Whether types, sizes and epilogue go together shows when algorithms are
/// asked for.</para>
/// </remarks>
/// <example><code>
/// // y [N, 4C] = gelu(x [N, C] · w [C, 4C] + bias) by rows, which is yᵀ = wᵀ · xᵀ by columns.
/// using var up = new CudaBlasLtMatmul("up", CudaBlasComputeType.Float32, CudaDataType.Float32,
///     a: new(CudaDataType.BFloat16, 4 * C, C, 4 * C), b: new(CudaDataType.BFloat16, C, N, C),
///     c: new(CudaDataType.BFloat16, 4 * C, N, 4 * C), d: new(CudaDataType.BFloat16, 4 * C, N, 4 * C))
/// {
///     Epilogue = CudaBlasLtEpilogue.GeluAuxBias, Bias = bias, Aux = beforeGelu, AuxStride = 4 * C,
/// };
/// </code></example>
public sealed unsafe class CudaBlasLtMatmul : IDisposable
{
    const string Describing = "describing the product";

    readonly CudaResource description, layoutA, layoutB, layoutC, layoutD, preference;

    /// <summary>Describes a product.</summary>
    /// <param name="name">Of the product, for messages.</param>
    /// <param name="compute">What sums are kept in.</param>
    /// <param name="scaleType">Of alpha and beta: Float32, or Int32 for integers.</param>
    /// <param name="a">A as it lies.</param>
    /// <param name="b">B as it lies.</param>
    /// <param name="c">C as it lies; D's where beta is 0.</param>
    /// <param name="d">D as it lies.</param>
    /// <exception cref="CudaLibraryNotFoundException">cuBLASLt is not on this machine.</exception>
    /// <exception cref="CudaException">A layout makes no sense.</exception>
    public CudaBlasLtMatmul(string name, CudaBlasComputeType compute, CudaDataType scaleType, CudaBlasLtLayout a,
        CudaBlasLtLayout b, CudaBlasLtLayout c, CudaBlasLtLayout d)
    {
        ArgumentNullException.ThrowIfNull(name);
        (Name, ScaleType) = (name, scaleType);
        CudaLibraries.Require(CudaLibrary.BlasLt);
        nint handle;
        CudaCheck.Success(BlasLt.cublasLtMatmulDescCreate(&handle, compute, scaleType),
            nameof(BlasLt.cublasLtMatmulDescCreate), Describing, name);
        description = new CudaResource(null, handle, &DestroyDescription);
        layoutA = Layout(a);
        layoutB = Layout(b);
        layoutC = Layout(c);
        layoutD = Layout(d);
        CudaCheck.Success(BlasLt.cublasLtMatmulPreferenceCreate(&handle),
            nameof(BlasLt.cublasLtMatmulPreferenceCreate), Describing, name);
        preference = new CudaResource(null, handle, &DestroyPreference);
    }

    /// <summary>For messages.</summary>
    public string Name { get; }

    /// <summary>Of alpha and beta.</summary>
    public CudaDataType ScaleType { get; }

    /// <summary>Whether A is read transposed.</summary>
    public bool TransposesA
    {
        set => Set(MatmulAttribute.TransposeA, (int)(value ? CudaBlasOperation.Transpose : CudaBlasOperation.None));
    }

    /// <summary>Whether B is read transposed.</summary>
    public bool TransposesB
    {
        set => Set(MatmulAttribute.TransposeB, (int)(value ? CudaBlasOperation.Transpose : CudaBlasOperation.None));
    }

    /// <summary>What is done before D is stored.</summary>
    public CudaBlasLtEpilogue Epilogue
    {
        set
        {
            HasEpilogue = value != CudaBlasLtEpilogue.Default;
            Set(MatmulAttribute.Epilogue, (int)value);
        }
    }

    /// <summary>Whether something is done before D is stored.</summary>
    internal bool HasEpilogue { get; private set; }

    /// <summary>[rows of D] what the epilogue adds, or where it puts the gradient of a bias; address on the device.
    /// </summary>
    public ulong Bias
    {
        set => Set(MatmulAttribute.BiasPointer, value);
    }

    /// <summary>Of the bias; D's where it is not set.</summary>
    public CudaDataType BiasType
    {
        set => Set(MatmulAttribute.BiasDataType, (int)value);
    }

    /// <summary>What an epilogue keeps for its gradient, or reads; address on the device.</summary>
    public ulong Aux
    {
        set => Set(MatmulAttribute.AuxPointer, value);
    }

    /// <summary>Elements from one column of <see cref="Aux"/> to the next: of GELU a multiple of 8, of ReLU's bits of
    /// 128.</summary>
    public long AuxStride
    {
        set => Set(MatmulAttribute.AuxStride, value);
    }

    /// <summary>Of <see cref="Aux"/>; D's where it is not set.</summary>
    public CudaDataType AuxType
    {
        set => Set(MatmulAttribute.AuxDataType, (int)value);
    }

    /// <summary>What A's 8-bit elements are multiplied by: one fp32 number, or as <see cref="ScaleModeA"/> says;
    /// address on the device.</summary>
    public ulong ScaleA
    {
        set => Set(MatmulAttribute.ScalePointerA, value);
    }

    /// <summary>What B's 8-bit elements are multiplied by; address on the device.</summary>
    public ulong ScaleB
    {
        set => Set(MatmulAttribute.ScalePointerB, value);
    }

    /// <summary>What C's 8-bit elements are multiplied by; address on the device.</summary>
    public ulong ScaleC
    {
        set => Set(MatmulAttribute.ScalePointerC, value);
    }

    /// <summary>What the result is multiplied by before it is rounded to 8 bits; address on the device.</summary>
    public ulong ScaleD
    {
        set => Set(MatmulAttribute.ScalePointerD, value);
    }

    /// <summary>What one of A's scales belongs to.</summary>
    public CudaBlasLtScaleMode ScaleModeA
    {
        set => Set(MatmulAttribute.ScaleModeA, (int)value);
    }

    /// <summary>What one of B's scales belongs to.</summary>
    public CudaBlasLtScaleMode ScaleModeB
    {
        set => Set(MatmulAttribute.ScaleModeB, (int)value);
    }

    /// <summary>Where the largest magnitude of the result before rounding goes: one fp32 number; address on the device.
    /// </summary>
    public ulong LargestOfD
    {
        set => Set(MatmulAttribute.AmaxPointerD, value);
    }

    /// <summary>Whether sums of 8-bit products may be kept in fewer bits, which is faster: for forward
    /// passes.</summary>
    public bool AccumulatesFast
    {
        set
        {
            byte flag = value ? (byte)1 : (byte)0;
            Set(MatmulAttribute.FastAccumulation, &flag, sizeof(byte));
        }
    }

    /// <summary>Most bytes of workspace that an algorithm may need; 0 at first.</summary>
    public long MaxWorkspaceBytes
    {
        set
        {
            ulong bytes = checked((ulong)value);
            Prefer(PreferenceAttribute.MaxWorkspaceBytes, &bytes, sizeof(ulong));
        }
    }

    /// <summary>What all four addresses are multiples of, in bytes; 256 at first.</summary>
    public int Alignment
    {
        set
        {
            uint bytes = checked((uint)value);
            for (PreferenceAttribute of = PreferenceAttribute.AlignmentA; of <= PreferenceAttribute.AlignmentD; of++)
                Prefer(of, &bytes, sizeof(uint));
        }
    }

    internal nint Description => description.Of(this);
    internal nint LayoutA => layoutA.Of(this);
    internal nint LayoutB => layoutB.Of(this);
    internal nint LayoutC => layoutC.Of(this);
    internal nint LayoutD => layoutD.Of(this);
    internal nint Preference => preference.Of(this);

    /// <summary>Gives the description back; again is harmless.</summary>
    public void Dispose()
    {
        description.Dispose();
        layoutA.Dispose();
        layoutB.Dispose();
        layoutC.Dispose();
        layoutD.Dispose();
        preference.Dispose();
    }

    CudaResource Layout(CudaBlasLtLayout layout)
    {
        nint handle;
        CudaCheck.Success(
            BlasLt.cublasLtMatrixLayoutCreate(&handle, layout.Type, checked((ulong)layout.Rows),
                checked((ulong)layout.Columns), layout.Stride),
            nameof(BlasLt.cublasLtMatrixLayoutCreate), Describing, Name);
        var resource = new CudaResource(null, handle, &DestroyLayout);
        if (layout.IsRowMajor)
        {
            int rowMajor = 1;       // CUBLASLT_ORDER_ROW
            Lay(handle, LayoutAttribute.Order, &rowMajor, sizeof(int));
        }
        if (layout.BatchCount > 1)
        {
            (int count, long stride) = (layout.BatchCount, layout.BatchStride);
            Lay(handle, LayoutAttribute.BatchCount, &count, sizeof(int));
            Lay(handle, LayoutAttribute.BatchStride, &stride, sizeof(long));
        }
        return resource;
    }

    void Lay(nint layout, LayoutAttribute attribute, void* value, int bytes) => CudaCheck.Success(
        BlasLt.cublasLtMatrixLayoutSetAttribute(layout, attribute, value, (nuint)bytes),
        nameof(BlasLt.cublasLtMatrixLayoutSetAttribute), Describing, Name);

    void Set<T>(MatmulAttribute attribute, T value) where T : unmanaged => Set(attribute, &value, sizeof(T));

    void Set(MatmulAttribute attribute, void* value, int bytes) => CudaCheck.Success(
        BlasLt.cublasLtMatmulDescSetAttribute(Description, attribute, value, (nuint)bytes),
        nameof(BlasLt.cublasLtMatmulDescSetAttribute), Describing, Name);

    void Prefer(PreferenceAttribute attribute, void* value, int bytes) => CudaCheck.Success(
        BlasLt.cublasLtMatmulPreferenceSetAttribute(Preference, attribute, value, (nuint)bytes),
        nameof(BlasLt.cublasLtMatmulPreferenceSetAttribute), Describing, Name);

    static void DestroyDescription(nint handle, nint argument) => _ = BlasLt.cublasLtMatmulDescDestroy(handle);

    static void DestroyLayout(nint handle, nint argument) => _ = BlasLt.cublasLtMatrixLayoutDestroy(handle);

    static void DestroyPreference(nint handle, nint argument) => _ = BlasLt.cublasLtMatmulPreferenceDestroy(handle);
}
