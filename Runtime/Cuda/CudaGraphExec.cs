using System;
using ModelCompiler.Runtime.Cuda.Native;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>A graph that is ready to be launched, as often as wanted.</summary>
/// <remarks>
/// <para><b>Memory</b>: a launch allocates nothing on the managed heap.</para>
/// <para><b>Errors</b>: addresses are those of the recording; what they lead to must live as long.</para>
/// </remarks>
public sealed unsafe class CudaGraphExec : IDisposable
{
    readonly CudaResource resource;
    readonly CudaContext context;

    internal CudaGraphExec(CudaContext context, nint executable)
    {
        this.context = context;
        resource = new CudaResource(context.Resource, executable, &Destroy);
    }

    /// <summary>The driver's handle, a CUgraphExec.</summary>
    /// <exception cref="ObjectDisposedException">The graph has been disposed.</exception>
    public nint Handle => resource.Of(this);

    /// <summary>Puts all of it into a stream.</summary>
    /// <param name="stream">Of the same device. One launch runs after another, whatever their streams.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void Launch(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        CudaCheck.Success(Driver.cuGraphLaunch(Handle, stream.Enter()), nameof(Driver.cuGraphLaunch),
            "launching a graph", this);
        GC.KeepAlive(stream);
    }

    /// <summary>Brings it to the device ahead of the first launch.</summary>
    /// <param name="stream">In whose order.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void Upload(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        CudaCheck.Success(Driver.cuGraphUpload(Handle, stream.Enter()), nameof(Driver.cuGraphUpload),
            "uploading a graph", this);
        GC.KeepAlive(stream);
    }

    /// <summary>Takes over arguments and sizes of another recording of the same work, which is far cheaper than making
    /// that one ready.</summary>
    /// <param name="graph">The other recording.</param>
    /// <returns>Whether it was possible; if not, nothing has changed and that graph must be instantiated itself.
    /// </returns>
    /// <exception cref="CudaException">The driver refuses for another reason.</exception>
    public bool Update(CudaGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        GraphUpdateInfo info = default;
        CudaResult result = Driver.cuGraphExecUpdate_v2(Enter(), graph.Handle, &info);
        GC.KeepAlive(graph);
        if (result == CudaResult.GraphExecUpdateFailure) return false;
        CudaCheck.Success(result, nameof(Driver.cuGraphExecUpdate_v2), "updating a graph", this);
        return true;
    }

    /// <summary>Changes one kernel's threads and arguments for the launches to come.</summary>
    /// <param name="node">Of the <see cref="CudaGraph"/> it was made from; that graph must still be there.</param>
    /// <param name="kernel">The node's kernel.</param>
    /// <param name="shape">On how many threads.</param>
    /// <param name="arguments">A pointer to each argument, in order; read before this returns.</param>
    /// <exception cref="CudaException">The node is no kernel, say.</exception>
    public void SetKernel(nint node, CudaKernel kernel, in CudaLaunchShape shape, void** arguments)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        var parameters = new KernelNodeParameters
        {
            Function = kernel.Handle, GridX = (uint)shape.GridX, GridY = (uint)shape.GridY, GridZ = (uint)shape.GridZ,
            BlockX = (uint)shape.BlockX, BlockY = (uint)shape.BlockY, BlockZ = (uint)shape.BlockZ,
            SharedBytes = (uint)shape.SharedBytes, Arguments = arguments,
        };
        CudaCheck.Success(Driver.cuGraphExecKernelNodeSetParams_v2(Enter(), node, &parameters),
            nameof(Driver.cuGraphExecKernelNodeSetParams_v2), "changing a graph's kernel", kernel.Name);
        GC.KeepAlive(this);
    }

    /// <summary>Gives it back; again is harmless.</summary>
    public void Dispose() => resource.Dispose();

    nint Enter()
    {
        nint handle = Handle;
        context.MakeCurrent();
        return handle;
    }

    static void Destroy(nint executable, nint argument) => _ = Driver.cuGraphExecDestroy(executable);
}
